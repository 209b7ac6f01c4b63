SELECT CONVERT(VARCHAR(23), max(CASE WHEN (coalesce(p.[cbModification], d.[cbModification]) > d.[cbModification]) THEN p.[cbModification] ELSE d.[cbModification] END), 126) AS anon_1 
FROM [F_DOCENTETE] AS d LEFT OUTER JOIN [F_DOCREGL] AS p ON p.[DO_Domaine] = d.[DO_Domaine] AND p.[DO_Type] = d.[DO_Type] AND p.[DO_Piece] = d.[DO_Piece] 
WHERE d.[DO_Domaine] = :DO_Domaine_1 AND d.[DO_Type] IN (__[POSTCOMPILE_DO_Type_1])
