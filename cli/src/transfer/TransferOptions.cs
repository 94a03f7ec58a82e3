using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>What <c>put</c> and <c>get</c> can be told about files and folders.</summary>
/// <param name="where">Where files may exist already: <c>here</c>, <c>on the server</c>.</param>
internal sealed class TransferOptions(string where)
{
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Folders with all that is in them." };
    private readonly Option<bool> _links = new("--links") { Description = "With -r: keep symbolic links that are relative and stay inside; others are left out." };
    private readonly Option<bool> _copyLinks = new("--copy-links") { Description = "With -r: take what symbolic links lead to." };
    private readonly Option<bool> _noClobber = new("--no-clobber") { Description = $"Leave files alone that exist {where}." };
    private readonly Option<bool> _noVerify = new("--no-verify") { Description = "Skip the checksum; lengths are still compared." };

    public void AddTo(Command command)
    {
        command.Add(_recursive);
        command.Add(_links);
        command.Add(_copyLinks);
        command.Add(_noClobber);
        command.Add(_noVerify);
    }

    public bool IsRecursive(ParseResult parsed) => parsed.GetValue(_recursive);

    /// <exception cref="UsageException">Options that contradict each other.</exception>
    public TreeOptions ForTrees(ParseResult parsed)
    {
        var (keep, follow) = (parsed.GetValue(_links), parsed.GetValue(_copyLinks));
        if (keep && follow)
            throw new UsageException(UsageText.LinksTwice);
        if ((keep || follow) && !IsRecursive(parsed))
            throw new UsageException(UsageText.LinksWithoutFolder);
        return new TreeOptions
        {
            Overwrite = !parsed.GetValue(_noClobber),
            Verify = !parsed.GetValue(_noVerify),
            Links = keep ? LinkTreatment.Keep : follow ? LinkTreatment.Follow : LinkTreatment.Skip,
            Resume = UnfinishedTransfers.Default,
        };
    }

    public PutOptions ForPut(ParseResult parsed) => new()
    {
        Overwrite = !parsed.GetValue(_noClobber),
        Verify = !parsed.GetValue(_noVerify),
        SkipIdentical = true,
        Resume = UnfinishedTransfers.Default,
    };

    public GetOptions ForGet(ParseResult parsed) => new()
    {
        Overwrite = !parsed.GetValue(_noClobber),
        Verify = !parsed.GetValue(_noVerify),
        SkipIdentical = true,
        Resume = UnfinishedTransfers.Default,
    };
}
