SELECT DISTINCT e.[EC_No] 
FROM [F_ECRITUREC] AS e JOIN [F_JOURNAUX] AS j ON j.[JO_Num] = e.[JO_Num] AND j.[JO_Type] != :JO_Type_1 
WHERE (e.[CG_Num] LIKE :CG_Num_1 OR e.[CG_Num] LIKE :CG_Num_2) AND (coalesce(e.[EC_ANType], 0) = 0 OR e.[JM_Date] < CAST(:param_1 AS DATETIME)) AND NOT (j.[JO_Type] = :JO_Type_2 AND NOT (e.[EC_Sens] != 0 AND e.[CG_Num] LIKE :CG_Num_3) AND NOT (coalesce(rtrim(e.[CT_Num]), '') = '' AND (e.[CG_Num] LIKE :CG_Num_4 OR e.[CG_Num] LIKE :CG_Num_5 OR e.[CG_Num] LIKE :CG_Num_6 OR e.[CG_Num] LIKE :CG_Num_7)))
