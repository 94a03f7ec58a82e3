namespace Argosy.Files;

/// <summary>Faults of the server's disk, of which a client can only tell the operator.</summary>
internal static class StorageText
{
    public const string HomeUnserved = "The account's home cannot be served; ask the operator, whose log says why.";
    public const string HomeClosed = "The home of this account cannot be opened; ask the operator to look at it.";
    public const string HomeReadOnly = "This home cannot be written to; ask the operator to look at it.";
    public const string HomeGone = "The home of this account is no longer there; ask the operator to restore it.";
    public const string HomeReplaced = "The home of this account was replaced by another folder; log in again.";
    public const string StagingGone = "The folder for unfinished uploads is gone; ask the operator to restart the server.";
    public const string StagingForeign = "The folder for unfinished uploads belongs to somebody else; ask the operator to remove it.";
    public const string LittleSpace = "The disk has too little space left; try again later, or tell the operator.";
    public const string NoBookkeeping = "The server cannot keep account of what is stored; try again later, or tell the operator.";
    public const string CountedAgain = "What the home holds has to be counted again; try again.";
    public const string DiskLeft = "The disk that is mounted there has left the home; try again.";
    public const string Changed = "The file was changed while it was read; ask for it again.";

    public static string LedgerUnusable(string folder) =>
        $"The files ledger and bans in {folder} cannot be opened or written to: make room there, or remove them, then start again.";

    public static string DiskClosed(RemotePath path) =>
        $"{path}: the server may not write to the top folder of the disk that is mounted there; ask the operator to allow it.";
}
