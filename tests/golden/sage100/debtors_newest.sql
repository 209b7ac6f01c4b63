SELECT CONVERT(VARCHAR(23), max(t.[cbModification]), 126) AS anon_1 
FROM [F_COMPTET] AS t
