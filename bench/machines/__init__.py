"""Two application servers behind nginx, and PgBouncer between them and one PostgreSQL."""
