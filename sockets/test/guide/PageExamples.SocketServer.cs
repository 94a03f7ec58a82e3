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

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The examples of docs/socketserver.md, so that they compile. <c>SocketServerPageTests</c> compares.</summary>
internal sealed partial class PageExamples
{
    private async Task SocketserverServersAsync()
    {
        {
            await using var server = new StreamServer(options, () => new EchoHandler());
        }

        {
            server.Bind(); DropPrivileges(); server.Start();
        }

        {
            await server.StopAsync(drain: TimeSpan.FromSeconds(30));
        }

        {
            options = options with { Verify = peer => IsWelcome(peer.RemoteEndPoint) ? null : "not on the list" };
        }

        {
            options = options with { Model = ConcurrencyModels.Find("threads")! };
        }

        {
            await server.DisposeAsync();
        }

        {
            await using var server = new StreamServer(options, () => new EchoHandler(new Greeting("ahoy")));
        }

        {
            await connection.LingerAsync(TimeSpan.FromSeconds(2));
        }

        {
            connection.Abort();
        }

        {
            server.OnError += (error, connection) => Console.Error.WriteLine($"{connection.RemoteEndPoint}: {error.Message}");
        }

        {
            await using var server = new StreamServer(new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 7000)] }, EchoAsync);
        }

        {
            options = options with { ListenOn = [new IPEndPoint(IPAddress.IPv6Any, 7000)] };
        }

        {
            await using var server = new DatagramServer(datagramOptions, context => AnswerAsync(context));
        }

        {
            options = options with { Backlog = 128 };
        }

        {
            await using var again = new StreamServer(options with { ListenOn = [address] }, EchoAsync);
        }

        {
            options = options with { Model = ConcurrencyModels.Find("prefork")! };
        }

        {
            server.Bind();
        }

        {
            selector.Register(socket, SelectorEvents.Read);
        }

        {
            await using var data = await context.AcceptAsync(context.Listen(address), Deadline.After(TimeSpan.FromSeconds(10)));
        }

        {
            await using var server = new DatagramServer(new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 7000)] }, AnswerAsync);
        }

        {
            datagramOptions = datagramOptions with { MaxDatagram = 8192 };
        }

        {
            options = options with { ListenOn = [new UnixDomainSocketEndPoint("/run/echo.sock")] };
        }

        {
            datagramOptions = datagramOptions with { ListenOn = [new UnixDomainSocketEndPoint("/run/log.sock")] };
        }

        {
            options = options with { Model = ConcurrencyModels.Find("pool")! };
        }

        {
            datagramOptions = datagramOptions with { Model = ConcurrencyModels.Find("threads")!, Workers = 8 };
        }

        {
            datagramOptions = datagramOptions with { Model = ConcurrencyModels.Find("process")! };
        }

        {
            await server.StopAsync(TimeSpan.FromSeconds(5));
        }

        {
            await server.StopAsync(drain: Timeout.InfiniteTimeSpan);
        }

        {
            datagramOptions = datagramOptions with { Model = ConcurrencyModels.Find("prefork")! };
        }

        {
            Console.WriteLine(server.Counters.Active);
        }

        {
            options = options with { MaxConnections = 40 };
        }
    }

    private sealed class Example36 : HandlerOf
    {
        public override ValueTask HandleAsync() => Handlers.EchoAsync(Context, Connection);
    }

    private sealed class Example37 : HandlerOf
    {
        public override async ValueTask SetupAsync() => await Connection.WriteAsync("ahoy\n"u8.ToArray());
    }

    private sealed class Example38 : HandlerOf
    {
        public override async ValueTask HandleAsync() => await Connection.ReadAsync(new byte[4096]);
    }

    private sealed class Example39 : HandlerOf
    {
        public override ValueTask FinishAsync() => _log.CloseAsync();
    }

    private sealed class Example40 : TextOf
    {
        public override async ValueTask HandleAsync() => await Output.WriteLineAsync(await Input.ReadLineAsync());
    }

    private sealed class Example42 : TextOf
    {
        public override async ValueTask SetupAsync() => Output.AutoFlush = false;
    }

    private sealed class Example43 : TextOf
    {
        protected override TimeSpan? OperationLimit => TimeSpan.FromSeconds(30);
    }

    private sealed class Example45 : DatagramOf
    {
        public override async ValueTask HandleAsync() => Context.Reply(Context.Payload.Span);
    }

    private async Task SocketserverHandlersAsync()
    {
        {
            await connection.ReadAsync(buffer);
        }

        {
            await connection.WriteAsync((byte[])[.. header, .. body]);
        }
    }

    private async Task SelectorsAsync()
    {
        {
            var both = SelectorEvents.Read | SelectorEvents.Write;
        }

        {
            using var selector = new Selector();
        }

        {
            using var selector = new Selector(SelectorKind.Poll);
        }

        {
            Console.WriteLine(selector.Kind);
        }

        {
            Console.WriteLine($"{key.Descriptor}: {key.Events} {key.Data}");
        }

        {
            var same = key == selector.GetKey(key.Source);
        }

        {
            selector.Register(socket, SelectorEvents.Read, data: session);
        }

        {
            selector.Unregister(socket);
        }

        {
            selector.Modify(socket, SelectorEvents.Read | SelectorEvents.Write, session);
        }

        {
            foreach (var ready in selector.Select(TimeSpan.FromSeconds(1))) Serve(ready.Key.Data, ready.Events);
        }

        {
            selector.Dispose();
        }

        {
            var data = selector.GetKey(socket).Data;
        }

        {
            foreach (var (source, registered) in selector.GetMap()) Console.WriteLine(registered.Descriptor);
        }
    }
}
