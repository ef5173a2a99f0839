"""The database: engine, transactions, migrations, copies and health."""
