-- What the application may do, in the database that its tables are in or will be in. Run by a superuser:
--
--     runuser -u postgres -- psql --dbname=stint --file=postgresql.sql
--
-- The tables belong to stint_owner, who migrates, backs up and restores. The application is stint: it reads
-- and writes rows, and that is all. It cannot switch off the triggers that keep facts as they are, nor empty,
-- change or drop a table. Running this again changes nothing.

\set ON_ERROR_STOP on

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Up to PostgreSQL 14 the schema belongs to the superuser, and not to the database's owner.
GRANT USAGE, CREATE ON SCHEMA public TO stint_owner;
GRANT CONNECT ON DATABASE :"DBNAME" TO stint;
GRANT USAGE ON SCHEMA public TO stint;

-- The tables that are there,
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO stint;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO stint;

-- and those that later migrations make.
ALTER DEFAULT PRIVILEGES FOR ROLE stint_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO stint;
ALTER DEFAULT PRIVILEGES FOR ROLE stint_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO stint;
