using System.Text;
using Argosy.Native.Tests;

namespace Argosy.Server.Tests.Attack;

/// <summary>A tree that no attack may read, add to, change or remove; compared byte for byte.</summary>
internal sealed class Canary
{
    /// <summary>Stands in each of its files, and in each folder as a name. No attacker says it: whoever is shown it has been outside.</summary>
    public const string Song = "canary-sings";

    /// <summary>Of each file, and of nothing that attackers make.</summary>
    public const int Size = 31_337;

    private readonly string[] _watched;
    private readonly string _before;

    /// <param name="folder">Where the tree is made.</param>
    /// <param name="watched">Other files and folders that must stay as they are.</param>
    public Canary(string folder, params string[] watched)
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        foreach (var place in new[] { folder, Path.Combine(folder, "sub") })
        {
            foreach (var name in new[] { Song, "secret", "new", "f" })
            {
                File.WriteAllBytes(Path.Combine(place, name), [.. Encoding.ASCII.GetBytes(Song + place + name), .. new byte[Size - Song.Length - place.Length - name.Length]]);
            }
        }

        _watched = [folder, .. watched];
        _before = Describe();
    }

    /// <summary>As it was, to the byte.</summary>
    public void AssertUntouched() => Assert.Equal(_before, Describe());

    /// <summary>Nothing of it is in an answer: no name, no content, no size.</summary>
    public static void AssertUnseen(Answer answer, string request)
    {
        Assert.True(answer.Reply.Size != Size, $"its size is told: {request}");
        Assert.True(answer.Body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Song)) < 0, $"it is read: {request}");
    }

    private string Describe()
    {
        var text = new StringBuilder();
        foreach (var path in _watched.SelectMany(Within).Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(path);
            var isFolder = Directory.Exists(path);
            text.Append(path).Append(' ').Append(info.UnixFileMode).Append(' ').Append(info.LinkTarget).Append(' ').Append(info.LastWriteTimeUtc.Ticks);
            if (!isFolder) text.Append(' ').Append(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));
            text.Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Within(string path) =>
        Directory.Exists(path) ? [path, .. Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories)] : [path];
}
