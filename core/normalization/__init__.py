"""One form for what people type: characters that look alike, codes, telephones, and what nobody can see."""
