namespace Argosy.Files.Tests;

public sealed class LocalStorageContract : StorageContract
{
    protected override IStorage CreateStorage() => new LocalStorage(new() { Staging = Path.Combine(Temporary.Path, "staging") });
}

public sealed class StrictLocalStorageContract : StorageContract
{
    protected override IStorage CreateStorage() => new LocalStorage(new() { Durability = Durability.Strict });
}

public sealed class WalkingLocalStorageContract : StorageContract
{
    protected override IStorage CreateStorage() => new LocalStorage(new() { Walk = true });
}
