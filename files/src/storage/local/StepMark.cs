using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <summary>
/// What a step that changes usage leaves in the ledger, at most 64 bytes: after a crash the staging folder tells by it whether the step had happened.
/// <code>
/// w:NAME:FILE:DISK    a file leaves the staging folder (publish; a record that is replaced): happened when NAME is no longer that FILE
/// x:NAME::DISK        something comes to the staging folder (remove): happened when NAME is there
/// l:NAME:LINKS:DISK   a rename over a file that NAME is a spare link of: happened when NAME has fewer than LINKS links
/// v:NAME::DISK        many files leave the folder NAME: those happened that are no longer there (<see cref="StoreVisit"/>)
/// n                   a step that leaves no trace: taken as not happened
/// </code>
/// FILE tells a file from a later one of that name, which an unfinished upload's name has; DISK is a <see cref="StagingFolder.Disk"/>.
/// </summary>
internal readonly record struct StepMark(char Kind, string Name, string Fact, string Disk)
{
    /// <summary>A step that leaves no trace.</summary>
    public static ReadOnlySpan<byte> NoTrace => "n"u8;

    /// <summary>The file of that name, and no other, goes.</summary>
    public static byte[] Leaves(StagingFolder staging, ReadOnlySpan<byte> terminatedName, FileIdentity file) => Of('w', staging, terminatedName, file.Brief);

    /// <summary>Something gets that name, which nothing had before.</summary>
    public static byte[] Comes(StagingFolder staging, ReadOnlySpan<byte> terminatedName) => Of('x', staging, terminatedName, "");

    /// <summary>The file that has that name too loses another one.</summary>
    public static byte[] LosesLink(StagingFolder staging, ReadOnlySpan<byte> terminatedName, uint links) =>
        Of('l', staging, terminatedName, links.ToString(CultureInfo.InvariantCulture));

    /// <summary>The files in the folder of that name go, one after the other.</summary>
    public static byte[] Visit(StagingFolder staging, ReadOnlySpan<byte> terminatedName) => Of('v', staging, terminatedName, "");

    /// <summary>Reads a mark; null for one that names nothing.</summary>
    public static StepMark? Read(ReadOnlySpan<byte> mark) =>
        Encoding.ASCII.GetString(mark).Split(':') is [[var kind], var name, var fact, var disk] ? new StepMark(kind, name, fact, disk) : null;

    /// <summary>What of the step's change happened, by what the staging folder shows.</summary>
    public Usage Happened(StagingFolder staging, Usage change)
    {
        var name = Encoding.ASCII.GetBytes(Name + '\0');
        return Kind == 'v' ? StoreVisit.Happened(staging, name) : HasHappened(staging, name) ? change : default;
    }

    private bool HasHappened(StagingFolder staging, byte[] terminatedName)
    {
        var isThere = Errno.IsThere(staging.Look(terminatedName, out var status), StagingFolder.Subject);
        return Kind switch
        {
            'w' => !isThere || status.Identity.Brief != Fact,
            'x' => isThere,
            'l' => isThere && status.Links < uint.Parse(Fact, CultureInfo.InvariantCulture),
            _ => false,
        };
    }

    private static byte[] Of(char kind, StagingFolder staging, ReadOnlySpan<byte> terminatedName, string fact) =>
        Encoding.ASCII.GetBytes($"{kind}:{Encoding.ASCII.GetString(terminatedName[..^1])}:{fact}:{staging.Disk}");
}
