namespace Argosy.Files;

/// <summary>What anonymous visitors may do.</summary>
public enum AnonymousAccess
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>List and read.</summary>
    ReadOnly,

    /// <summary>Also write, overwrite and make folders.</summary>
    ReadWrite,

    /// <summary>Create only; a name that exists gets a number.</summary>
    Drop,
}
