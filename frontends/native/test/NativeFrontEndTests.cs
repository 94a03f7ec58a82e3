using Argosy.FrontEnds;

namespace Argosy.Native.Tests;

/// <summary>The native protocol does what every front end does.</summary>
public sealed class NativeFrontEndTests : FrontEndContract
{
    protected override Task<IRunningFrontEnd> StartAsync(FileWorld world, string model) =>
        Task.FromResult<IRunningFrontEnd>(new Running(new NativeServer(world.Files, model)));

    private sealed class Running(NativeServer server) : IRunningFrontEnd
    {
        public Task<IFrontEndClient> ConnectAsync(string name, string password) => NativeClient.LoginAsync(server.EndPoint, name, password);

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
