#pragma warning disable CS1998, CS0219, CS0168, CS8321, CS4014, IDE0005, IDE0051, IDE0052, IDE0059, IDE0060 // one-line examples: compiled, not run
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The examples of docs/socketserver.md, so that they compile. <c>SocketServerPageTests</c> compares.</summary>
internal sealed partial class PageExamples
{
    private readonly IServiceCollection services = null!;

    private async Task LifecycleAsync()
    {
        {
            if (await server.HandleOneAsync(Deadline.After(TimeSpan.FromSeconds(5))) == OneConnection.TimedOut) Console.WriteLine("nobody came");
        }

        {
            await server.RunUntilStoppedAsync();
        }

        {
            options = options with { ServiceActions = new(TimeSpan.FromSeconds(1), () => Console.WriteLine(server.ActiveConnections)) };
        }

        {
            await server.HandleOneAsync(Deadline.Never);
        }

        {
            await server.RunUntilStoppedAsync();
        }

        {
            services.AddStreamServer<EchoHandler>(_ => options);
        }
    }
}
