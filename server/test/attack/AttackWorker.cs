using System.Runtime.CompilerServices;

namespace Argosy.Server.Tests.Attack;

/// <summary>The worker processes of a server of this process are this program too: it then does nothing else, whatever its entry point would do.</summary>
internal static class AttackWorker
{
    [ModuleInitializer]
    internal static void Serve()
    {
        if (ServerWorker.IsNeeded) Environment.Exit(ServerWorker.RunAsync().GetAwaiter().GetResult());
    }
}
