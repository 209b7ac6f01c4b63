SELECT c.[RG_No] AS [RG_No], coalesce(rtrim(c.[CT_NumPayeur]), '') AS [CT_NumPayeur], COALESCE(CONVERT(CHAR(10), c.[RG_Date], 23), '') AS [RG_Date], coalesce(rtrim(c.[RG_Reference]), '') AS [RG_Reference], coalesce(rtrim(c.[RG_Libelle]), '') AS [RG_Libelle], coalesce(CAST(round(c.[RG_Montant] * 1000000, 0) AS BIGINT), 0) AS [RG_Montant], coalesce(c.[N_Reglement], 0) AS [N_Reglement], coalesce(rtrim(c.[RG_Piece]), '') AS [RG_Piece] 
FROM [F_CREGLEMENT] AS c 
WHERE c.[RG_Type] = :RG_Type_1 AND coalesce(c.[RG_TypeReg], 0) IN (__[POSTCOMPILE_coalesce_1]) ORDER BY c.[RG_No]
