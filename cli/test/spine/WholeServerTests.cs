using Argosy.Files;
using Argosy.FrontEnds;
using Argosy.Native.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>
/// The whole server, <c>argosy serve</c>, does what every front end does. The models of one process have shown it in the front end's own room;
/// here they do so again where everything is to be checked. Otherwise sizes and names take turns between those of several processes.
/// </summary>
public sealed class WholeServerTests : FrontEndContract
{
    public static new IEnumerable<string> Models => Check.All ? Check.Models : Check.WorkerModels;

    public static bool TakesTurns => !Check.All;

    protected override async Task<IRunningFrontEnd> StartAsync(FileWorld world, string model)
    {
        DataFolderOf(world).SaveAll(world.Accounts.List());
        return new Running(await ServeProcess.StartOnAsync(world.Root, world.Data, "--plain", "--model", model));
    }

    private static JsonAccountStore DataFolderOf(FileWorld world)
    {
        Directory.CreateDirectory(world.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new JsonAccountStore(world.Data, NullLogger<JsonAccountStore>.Instance);
    }

    private sealed class Running(ServeProcess server) : IRunningFrontEnd
    {
        public Task<IFrontEndClient> ConnectAsync(string name, string password) => NativeClient.LoginAsync(server.Address, name, password);

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            server.Home.Dispose();
        }
    }
}
