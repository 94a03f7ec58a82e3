namespace Argosy.Ledger.Tests;

/// <summary>A folder of its own for one test.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("argosy-ledger-");

    public string Ledger => Path.Combine(_folder.FullName, "ledger");

    public void Dispose() => _folder.Delete(recursive: true);
}
