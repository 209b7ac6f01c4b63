SELECT CONVERT(VARCHAR(23), max(e.[cbModification]), 126) AS anon_1 
FROM [F_ECRITUREC] AS e
