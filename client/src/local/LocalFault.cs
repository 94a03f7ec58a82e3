namespace Argosy.Client;

/// <summary>What can be wrong with a local file or folder.</summary>
public enum LocalFault
{
    /// <summary>Nothing has that name.</summary>
    NotFound,

    /// <summary>The user may not read it, or not write there.</summary>
    NotPermitted,

    /// <summary>Something has that name, and is not to be replaced.</summary>
    Exists,

    /// <summary>A folder stands where a file is wanted.</summary>
    IsAFolder,

    /// <summary>No folder stands where one is wanted.</summary>
    NotAFolder,

    /// <summary>It is neither a file nor a folder, or cannot be used as one.</summary>
    NotAFile,

    /// <summary>A link that is not followed, that leads nowhere, or round in a circle.</summary>
    Link,

    /// <summary>A name that no file can have.</summary>
    BadName,

    /// <summary>The disk is full, or the user's share of it.</summary>
    NoSpace,

    /// <summary>A file may not become as large here.</summary>
    TooLarge,

    /// <summary>The process may open no more files.</summary>
    TooManyOpen,

    /// <summary>Somebody else has it.</summary>
    InUse,

    /// <summary>It is not what it was when it was opened.</summary>
    Changed,

    /// <summary>The disk failed, or something that has no word of its own here.</summary>
    Failed,
}
