namespace Argosy.Client.Tests;

/// <summary>A folder that goes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("argosy-client-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What is in it, without the known servers.</summary>
    public string Names() => string.Join(
        ' ', Directory.GetFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Where(name => name is not (".known_servers" or ".known_servers.lock")).Order());

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
