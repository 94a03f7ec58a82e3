namespace Argosy.Files.Tests;

public sealed class MemoryStorageContract : StorageContract
{
    protected override IStorage CreateStorage() => new MemoryStorage();
}
