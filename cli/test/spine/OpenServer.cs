namespace Argosy.Cli.Tests.Spine;

/// <summary>A server that lets anybody do anything, for all tests of a class.</summary>
public sealed class OpenServer : IAsyncLifetime
{
    internal static readonly string[] Options = ["--anonymous", "rw", "--plain"];

    private readonly TempFolder _home = new();

    internal ServeProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServeProcess.StartAsync(_home, Options);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _home.Dispose();
    }
}
