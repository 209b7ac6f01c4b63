SELECT r.[RG_No] AS [RG_No], r.[DR_No] AS [DR_No], coalesce(rtrim(r.[DO_Piece]), '') AS [DO_Piece], coalesce(CAST(round(r.[RC_Montant] * 1000000, 0) AS BIGINT), 0) AS [RC_Montant], coalesce(rtrim(c.[CT_NumPayeur]), '') AS [CT_NumPayeur], COALESCE(CONVERT(CHAR(10), c.[RG_Date], 23), '') AS [RG_Date] 
FROM [F_REGLECH] AS r JOIN [F_CREGLEMENT] AS c ON c.[RG_No] = r.[RG_No] 
WHERE r.[DO_Domaine] = :DO_Domaine_1 AND c.[RG_Type] = :RG_Type_1 AND coalesce(c.[RG_TypeReg], 0) IN (__[POSTCOMPILE_coalesce_1]) ORDER BY r.[RG_No], r.[DR_No]
