SELECT DISTINCT (coalesce(rtrim(t.[CT_Num]), '')) COLLATE Latin1_General_BIN2 AS anon_1 
FROM [F_COMPTET] AS t 
WHERE t.[CT_Type] = 0
