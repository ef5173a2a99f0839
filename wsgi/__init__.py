"""What pages and interface share: fields, addresses, headers, log lines and what is answered to an error."""
