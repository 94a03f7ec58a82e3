using System.Text;

namespace Argosy.Files;

/// <summary>One home's nodes. Whoever touches them holds <see cref="Lock"/>.</summary>
internal sealed class MemoryTree
{
    public Lock Lock { get; } = new();

    public MemoryFolder Root { get; } = new();

    public string Identity { get; } = "memory-" + Guid.NewGuid().ToString("n");

    /// <summary>Unfinished uploads, in use or not.</summary>
    public List<MemoryStaged> Unfinished { get; } = [];

    public static string Key(ReadOnlyMemory<byte> name) => Encoding.Latin1.GetString(name.Span);

    public static byte[] Name(string key) => Encoding.Latin1.GetBytes(key);

    public static FileException NotFound(RemotePath path) => new(FileError.NotFound, PlaceText.NotFound(path));

    /// <summary>What is at the path, or null.</summary>
    public MemoryNode? Find(RemotePath path) => Walk(path, static (_, _) => null);

    public MemoryFolder Folder(RemotePath path) =>
        Walk(path, static (at, path) => at is MemoryFile ? throw NotAFolder(path) : throw NotFound(path)) as MemoryFolder ?? throw NotAFolder(path);

    /// <summary>The folder that holds the path's last component.</summary>
    public MemoryFolder Parent(RemotePath path) =>
        path.IsRoot ? throw new FileException(FileError.NotPermitted, PlaceText.HomeItself) : Folder(path.Parent);

    public MemoryNode Existing(RemotePath path) =>
        Parent(path).Children.TryGetValue(Key(path.Name), out var node) ? node : throw NotFound(path);

    /// <summary>The length of the file in a new one's way; null where there is none.</summary>
    public long? Replaced(RemotePath path) => Parent(path).Children.GetValueOrDefault(Key(path.Name)) switch
    {
        null => null,
        MemoryFile file => file.Content.Length,
        _ => throw new FileException(FileError.IsAFolder, PlaceText.IsAFolder(path)),
    };

    public static Usage Count(MemoryNode root)
    {
        var sum = default(Usage);
        var left = new Stack<MemoryNode>([root]);
        while (left.TryPop(out var node))
        {
            if (node is MemoryFolder folder)
            {
                foreach (var child in folder.Children.Values)
                {
                    left.Push(child);
                }
            }

            sum += (node as MemoryFile)?.Usage ?? default;
        }

        return sum;
    }

    private static FileException NotAFolder(RemotePath path) => new(FileError.NotAFolder, PlaceText.PartIsNotAFolder(path));

    /// <summary>Goes down component by component; where that ends early, <paramref name="missing"/> is asked, with the node that has no such child.</summary>
    private MemoryNode? Walk(RemotePath path, Func<MemoryNode, RemotePath, MemoryNode?> missing)
    {
        MemoryNode at = Root;
        var bytes = path.Bytes;
        foreach (var range in bytes.Span.Split((byte)'/'))
        {
            if (path.IsRoot)
            {
                break;
            }

            if (at is not MemoryFolder folder || !folder.Children.TryGetValue(Key(bytes[range]), out var next))
            {
                return missing(at, path);
            }

            at = next;
        }

        return at;
    }
}
