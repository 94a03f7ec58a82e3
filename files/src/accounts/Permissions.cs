namespace Argosy.Files;

/// <summary>What an account may do.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Download and checksum files.</summary>
    Read = 1,

    /// <summary>List folders and see what is there.</summary>
    List = 2,

    /// <summary>Create files.</summary>
    Write = 4,

    /// <summary>Replace files.</summary>
    Overwrite = 8,

    /// <summary>Add to the end of files.</summary>
    Append = 16,

    /// <summary>Remove files and folders.</summary>
    Delete = 32,

    /// <summary>Rename and move.</summary>
    Rename = 64,

    /// <summary>Make folders.</summary>
    MakeFolder = 128,

    /// <summary>Run the remote commands that the operator allows. Never part of a default.</summary>
    Execute = 256,

    /// <summary>Everything but <see cref="Execute"/>: an account's default.</summary>
    Default = Read | List | Write | Overwrite | Append | Delete | Rename | MakeFolder,
}
