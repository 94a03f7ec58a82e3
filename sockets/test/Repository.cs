namespace Argosy.Sockets.Tests;

/// <summary>The repository that these tests were built from: some compare its pages with the code.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Argosy.slnx")) ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not lie in their repository."));
}
