namespace Argosy.Files.Tests;

/// <summary>A folder of its own for one test: ROOT and data folder beside each other.</summary>
public sealed class Premises : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("argosy-accounts-");

    public Premises()
    {
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Data);
    }

    public string Root => Path.Combine(_folder.FullName, "root");

    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>A path beside both.</summary>
    public string Beside(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
