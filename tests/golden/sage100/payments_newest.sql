SELECT CONVERT(VARCHAR(23), max(c.[cbModification]), 126) AS anon_1 
FROM [F_CREGLEMENT] AS c
