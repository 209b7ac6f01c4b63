SELECT DISTINCT (coalesce(rtrim(t.[CT_Num]), '')) COLLATE Latin1_General_BIN2 AS anon_1 
FROM [F_COMPTET] AS t 
WHERE t.[CT_Type] = 0 OR t.[CT_Type] != 0 AND t.[CT_Num] IN (SELECT e.[CT_Num] 
FROM [F_ECRITUREC] AS e 
WHERE e.[CG_Num] LIKE :CG_Num_1 OR e.[CG_Num] LIKE :CG_Num_2)
