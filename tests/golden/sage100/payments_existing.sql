SELECT DISTINCT c.[RG_No] 
FROM [F_CREGLEMENT] AS c 
WHERE c.[RG_Type] = :RG_Type_1 AND coalesce(c.[RG_TypeReg], 0) IN (__[POSTCOMPILE_coalesce_1])
