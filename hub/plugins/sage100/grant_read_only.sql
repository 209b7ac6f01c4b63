-- A login for the receivables hub that can read what it needs in ONE Sage 100 company, and nothing else.
-- Run it as an administrator of SQL Server, once for each company: replace COMPANY and the password.
-- The hub sends SELECT statements only; without these rights it could do no more than that either.

USE [master];
IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'hub_reader')
    CREATE LOGIN [hub_reader] WITH PASSWORD = N'replace-me', CHECK_POLICY = ON, DEFAULT_DATABASE = [COMPANY];

USE [COMPANY];
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'hub_reader')
    CREATE USER [hub_reader] FOR LOGIN [hub_reader];

-- Comptabilité
GRANT SELECT ON dbo.F_COMPTET   TO [hub_reader];
GRANT SELECT ON dbo.F_ECRITUREC TO [hub_reader];
GRANT SELECT ON dbo.F_JOURNAUX  TO [hub_reader];
GRANT SELECT ON dbo.P_DOSSIER   TO [hub_reader];
GRANT SELECT ON dbo.P_DEVISE    TO [hub_reader];
GRANT SELECT ON dbo.P_REGLEMENT TO [hub_reader];

-- Gestion commerciale: only for ledger = "commercial". Leave out what the company does not have.
GRANT SELECT ON dbo.F_DOCENTETE  TO [hub_reader];
GRANT SELECT ON dbo.F_DOCREGL    TO [hub_reader];
GRANT SELECT ON dbo.F_CREGLEMENT TO [hub_reader];
GRANT SELECT ON dbo.F_REGLECH    TO [hub_reader];

-- Whatever other role the login may be given: it never writes here.
DENY INSERT, UPDATE, DELETE, EXECUTE, ALTER ON SCHEMA::dbo TO [hub_reader];
