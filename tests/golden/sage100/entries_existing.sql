SELECT DISTINCT e.[EC_No] 
FROM [F_ECRITUREC] AS e JOIN [F_COMPTET] AS t ON t.[CT_Num] = e.[CT_Num] AND t.[CT_Type] = 0 JOIN [F_JOURNAUX] AS j ON j.[JO_Num] = e.[JO_Num] AND j.[JO_Type] != :JO_Type_1 
WHERE (e.[CG_Num] LIKE :CG_Num_1 OR e.[CG_Num] LIKE :CG_Num_2) AND (coalesce(e.[EC_ANType], 0) = 0 OR e.[JM_Date] < CAST(:param_1 AS DATETIME)) AND j.[JO_Type] != :JO_Type_2
