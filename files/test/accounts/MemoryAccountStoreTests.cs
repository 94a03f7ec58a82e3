namespace Argosy.Files.Tests;

public sealed class MemoryAccountStoreTests : AccountStoreContract
{
    protected override IAccountStore Store { get; } = new MemoryAccountStore();

    protected override IAccountStore OpenAgain() => Store;
}
