SELECT DISTINCT r.[RG_No] 
FROM [F_REGLECH] AS r JOIN [F_CREGLEMENT] AS c ON c.[RG_No] = r.[RG_No] 
WHERE r.[DO_Domaine] = :DO_Domaine_1 AND c.[RG_Type] = :RG_Type_1 AND coalesce(c.[RG_TypeReg], 0) IN (__[POSTCOMPILE_coalesce_1])
