namespace Argosy.Files;

/// <summary>Where a path of this machine really leads.</summary>
internal static class RealPath
{
    // As many as the kernel follows (path_resolution(7)).
    private const int MaxLinks = 40;

    /// <summary>The absolute path without links, <c>.</c>, <c>..</c> or a trailing slash; what does not exist is taken as written.</summary>
    /// <exception cref="IOException">Too many links.</exception>
    internal static string Of(string path)
    {
        var links = 0;
        var root = Path.GetPathRoot(Path.GetFullPath(path))!;
        var rest = new Stack<string>(Components(Path.GetFullPath(path)));
        var resolved = root;
        while (rest.TryPop(out var component))
        {
            if (component == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? root;
                continue;
            }

            var next = Path.Combine(resolved, component);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks) throw new IOException(AccountText.TooManyLinks(path, MaxLinks));
            if (Path.IsPathRooted(target)) resolved = root;
            foreach (var part in Components(target)) rest.Push(part);
        }

        return resolved;
    }

    /// <summary>True where <paramref name="inner"/> is <paramref name="outer"/> or lies in it. Both resolved.</summary>
    internal static bool Contains(string outer, string inner) =>
        inner == outer || inner.StartsWith(Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    internal static bool Overlap(string a, string b) => Contains(a, b) || Contains(b, a);

    /// <summary>Last one first, as a stack takes them. <c>..</c> stays: behind a link it means the target's parent.</summary>
    private static IEnumerable<string> Components(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..]
            .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".")
            .Reverse();
}
