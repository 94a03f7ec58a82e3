namespace Argosy.Files;

/// <summary>Why a home cannot be served, for the operator.</summary>
internal static class HomeText
{
    public static string DataInRoot(string data, string root) =>
        $"The data folder {data} and the served folder {root} overlap: give --data a folder outside.";

    public static string DiskMissing(string place) => $"{place} is missing: mount its disk.";

    public static string Missing(string place) =>
        $"{place} is missing, though it was there: mount its disk or restore it. To begin with an empty home, make the folder.";

    public static string NoDisk(string place) => $"no disk is mounted at {place}, as it was before: mount it.";

    public static string Link(string place) => $"{place} is a link: remove it, or name the place where it leads by --home.";

    public static string LinkOnTheWay(string place) =>
        $"a link has come into the way to {place}: remove it, or name the place where it leads by --home.";

    public static string Closed(string place) => $"{place} cannot be reached by the user who serves: let this user enter the folders above it.";

    public static string NotAFolder(string place) => $"{place} is not a folder: move it away, or choose another home by --home.";

    public static string NothingAbove(string place) =>
        $"{place} cannot be made, because the folder above it is missing or no folder: mount its disk or make it.";

    public static string NotMade(string reason) => $"the home cannot be made. {reason}";

    public static string Nowhere(string place) => $"it cannot be told where the home {place} is: see where the links on the way to it lead.";

    public static string OverlapsData(string place, string data) =>
        $"the home {place} and the data folder {data} overlap: choose another home by --home.";

    public static string OverlapsLedger(string place, string ledger) =>
        $"the home {place} and {ledger}, in which usage is counted, overlap: choose another home by --home.";

    public static string NotTheirs(string place) =>
        $"{place} was there before the account had a home, and what is in it may be another's. To give it to this account, say --home {place}; else move it away.";

    public static string NotWrittenDown(string place, string reason) =>
        $"{place} was not made, because it cannot be written down that it is this account's. {reason}";

    public static string Overlap(string name, string place, string inner, string within) =>
        $"the homes of {AccountName.Quoted(name)} ({place}) and {AccountName.Quoted(inner)} ({within}) overlap: give one of them another by --home.";
}
