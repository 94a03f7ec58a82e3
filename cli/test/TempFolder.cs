namespace Argosy.Cli.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder(string? parent = null) =>
        Path = parent is null
            ? Directory.CreateTempSubdirectory("argosy-cli-").FullName
            : Directory.CreateDirectory(System.IO.Path.Combine(parent, $"argosy-cli-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
