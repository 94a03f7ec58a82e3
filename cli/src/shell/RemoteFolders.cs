using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>Places on the server by their words: what <c>.</c>, <c>..</c> and a name mean in a folder, as a shell's <c>cd</c> sees it.</summary>
internal static class RemoteFolders
{
    /// <summary>The whole path. A slash at the end stays, since it says that a folder is meant.</summary>
    public static RemotePath Resolve(RemotePath folder, ReadOnlySpan<byte> name)
    {
        byte[] whole = name is [(byte)'/', ..] ? name.ToArray() : [.. folder.Bytes.Span, (byte)'/', .. name];
        var parts = new List<byte[]>();
        foreach (var range in whole.AsSpan().Split((byte)'/'))
        {
            switch (whole.AsSpan(range))
            {
                case [] or [(byte)'.']:
                    break;
                case [(byte)'.', (byte)'.']:
                    parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
                    break;
                default:
                    parts.Add(whole[range]);
                    break;
            }
        }

        if (parts.Count == 0)
            return RemotePath.Root;
        var path = parts.SelectMany(part => part.Prepend((byte)'/'));
        var meansFolder = RemotePath.FromBytes(name.ToArray()) is { MeansFolder: true } && !name.IsEmpty;
        return RemotePath.FromBytes((meansFolder ? path.Append((byte)'/') : path).ToArray());
    }
}
