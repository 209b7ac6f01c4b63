SELECT coalesce(rtrim(t.[CT_Num]), '') AS [CT_Num], coalesce(rtrim(t.[CT_Intitule]), '') AS [CT_Intitule], coalesce(rtrim(t.[CT_Siret]), '') AS [CT_Siret], coalesce(rtrim(t.[CT_Identifiant]), '') AS [CT_Identifiant], coalesce(rtrim(t.[CT_Adresse]), '') AS [CT_Adresse], coalesce(rtrim(t.[CT_CodePostal]), '') AS [CT_CodePostal], coalesce(rtrim(t.[CT_Ville]), '') AS [CT_Ville], coalesce(rtrim(t.[CT_Pays]), '') AS [CT_Pays], coalesce(rtrim(t.[CT_Telephone]), '') AS [CT_Telephone], coalesce(rtrim(t.[CT_EMail]), '') AS [CT_EMail], coalesce(rtrim(t.[CT_NumPayeur]), '') AS [CT_NumPayeur], coalesce(CAST(round(t.[CT_Encours] * 1000000, 0) AS BIGINT), 0) AS [CT_Encours], coalesce(t.[N_Devise], 0) AS [N_Devise], coalesce(t.[N_Risque], 0) AS [N_Risque] 
FROM [F_COMPTET] AS t 
WHERE (t.[CT_Type] = 0 OR t.[CT_Type] != 0 AND t.[CT_Num] IN (SELECT e.[CT_Num] 
FROM [F_ECRITUREC] AS e 
WHERE e.[CG_Num] LIKE :CG_Num_1 OR e.[CG_Num] LIKE :CG_Num_2)) AND (t.[cbModification] >= CAST(:param_1 AS DATETIME) OR t.[cbModification] IS NULL OR t.[CT_Type] != 0 AND t.[CT_Num] IN (SELECT e.[CT_Num] 
FROM [F_ECRITUREC] AS e 
WHERE e.[CG_Num] LIKE :CG_Num_1 OR e.[CG_Num] LIKE :CG_Num_2)) AND (coalesce(rtrim(t.[CT_Num]), '')) COLLATE Latin1_General_BIN2 > :param_2 ORDER BY (coalesce(rtrim(t.[CT_Num]), '')) COLLATE Latin1_General_BIN2
