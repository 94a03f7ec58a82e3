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
    private sealed class Example58 : ProtocolOf
    {
        protected internal override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data);
    }

    private sealed class Example59 : ProtocolOf
    {
        protected internal override void ConnectionMade() => Transport.Write("ahoy\r\n"u8);
    }

    private sealed class Example60 : ProtocolOf
    {
        protected internal override void DataReceived(ReadOnlySpan<byte> data) => Console.WriteLine(data.Length);
    }

    private sealed class Example61 : ProtocolOf
    {
        protected internal override void ConnectionLost(Exception? reason) => Console.WriteLine(reason?.Message ?? "bye");
    }

    private sealed class Example62 : ProtocolOf
    {
        protected internal override void InputEnded() => Transport.LoseConnection();
    }

    private sealed class Example64 : ProtocolOf
    {
        protected internal override void Stopping() => Transport.LoseConnection();
    }

    private sealed class Example65 : LinesOf
    {
        protected override void LineReceived(string line) => SendLine(line.ToUpperInvariant());
    }

    private sealed class Example66 : LinesOf
    {
        protected override void LineReceived(string line) => SendLine($"you said {line}");
    }

    private sealed class Example69 : LinesOf
    {
        protected override void MessageRefused(FramingException error) => Transport.AbortConnection(error);
    }

    private sealed class Example70 : LinesOf
    {
        protected override void RawDataReceived(ReadOnlySpan<byte> data) => SetMessageMode(rest: data[Take(data)..]);
    }

    private sealed class Example71 : LinesOf
    {
        protected override void LineReceived(string line) => Upgrade(ClearReceived());
    }

    private sealed class Example73 : LinesOf
    {
        protected override void LineReceived(string line) => Console.WriteLine(line);
    }

    private sealed class Example74() : MessagesOf(
        new NetstringFraming(maxMessage: 99_999));

    private sealed class Example75() : MessagesOf(
        new LengthFraming(width: 4, maxMessage: 99_999));

    private sealed class Example76() : MessagesOf(
        new LengthFraming(width: 1, maxMessage: 255));

    private sealed class Example77() : MessagesOf(
        new LengthFraming(width: 2, maxMessage: 65_535));

    private sealed class Example78() : MessagesOf(
        new LengthFraming(width: 4, maxMessage: 1_000_000, littleEndian: true));

    private sealed class Example79 : ProtocolOf
    {
        protected internal override void ConnectionMade() => SetTimeout(TimeSpan.FromMinutes(5));
    }

    private sealed class Example81 : DatagramOf
    {
        public override async ValueTask HandleAsync() => Context.Reply("got it"u8);
    }

    private async Task TwistedProtocolsAsync()
    {
        {
            Console.WriteLine(protocol.Transport.RemoteEndPoint);
        }

        {
            var framing = new DelimiterFraming("\0"u8, maxMessage: 1024);
        }

        {
            var framing = new LineFraming(maxLine: 16_384);
        }

        {
            transport.PauseProducing();
        }

        {
            using var process = Process.Start(new ProcessStartInfo("date") { RedirectStandardOutput = true })!;
        }
    }

    private sealed class Example83 : FactoryOf
    {
        protected internal override Protocol? BuildProtocol(IConnection connection) => IsWelcome(connection.RemoteEndPoint) ? base.BuildProtocol(connection) : null;
    }

    private sealed class Example98 : ProtocolOf
    {
        protected internal override void ConnectionMade() => SetTimeout(TimeSpan.FromMinutes(2));
    }

    private async Task TwistedFactoriesAndTransportsAsync()
    {
        {
            var factory = new ProtocolFactory(() => new EchoProtocol());
        }

        {
            server.Start();
        }

        {
            var protocol = await client.ConnectAsync(address, factory, Deadline.After(TimeSpan.FromSeconds(10)));
        }

        {
            try { await client.ConnectAsync(address, factory, deadline); } catch (ConnectionException e) { Console.WriteLine(e.Error); }
        }

        {
            var reason = await protocol.Transport.Ended;
        }

        {
            await using var kept = new ReconnectingClient(client, address, factory);
        }

        {
            var patient = new BackOff { Max = TimeSpan.FromMinutes(10), MaxFailures = 100 };
        }

        {
            await kept.DisposeAsync();
        }

        {
            transport.Write("one"u8);
        }

        {
            transport.LoseConnection();
        }

        {
            transport.AbortConnection();
        }

        {
            transport.FinishWriting();
        }

        {
            Console.WriteLine(transport.RemoteEndPoint);
        }

        {
            var factory = new ProtocolFactory(() => new EchoProtocol()) { Layer = c => c.AuthenticateAsServerAsync(tls, deadline) };
        }

        {
            Console.WriteLine(transport.Tls?.Protocol);
        }

        {
            transport.RegisterProducer(producer, isPull: true);
        }

        {
            transport.RegisterProducer(otherTransport);
        }

        {
            await connection.SendFileAsync(file, offset: 0, count: RandomAccess.GetLength(file));
        }
    }

    private sealed class Example114 : ProtocolOf
    {
        protected internal override void Stopping() => Transport.Write("closing\r\n"u8);
    }

    private sealed class Example130 : ProtocolOf
    {
        protected internal override void ConnectionMade() => SetTimeout(TimeSpan.FromMinutes(30));
    }

    private async Task TwistedTheReactorAndFriendsAsync()
    {
        {
            await using var server = new StreamServer(options, factory.CreateHandler);
        }

        {
            await using var server = new DatagramServer(datagramOptions, AnswerAsync);
        }

        {
            var secure = new ProtocolFactory(() => new EchoProtocol()) { Layer = c => c.AuthenticateAsServerAsync(tls, deadline) };
        }

        {
            await using var client = new ProtocolClient(ConcurrencyModels.Find("epoll"));
        }

        {
            var secure = new ProtocolFactory(() => new EchoProtocol()) { Layer = c => c.AuthenticateAsClientAsync(clientTls, deadline) };
        }

        {
            var call = transport.CallLater(TimeSpan.FromSeconds(3), transport.LoseConnection);
        }

        {
            if (call.IsPending) call.Reset(TimeSpan.FromSeconds(10));
        }

        {
            call.Reset(TimeSpan.FromSeconds(20));
        }

        {
            transport.Post(() => transport.Write("from elsewhere"u8));
        }

        {
            var listing = await context.OffloadAsync(Directory.GetFiles, path);
        }

        {
            server.Start();
        }

        {
            using var process = Process.Start("make", ["-j4"]);
        }

        {
            var addresses = await Dns.GetHostAddressesAsync("localhost");
        }

        {
            selector.Register(source, SelectorEvents.Read, data: session);
        }

        {
            var beat = transport.CallEvery(TimeSpan.FromSeconds(30), () => transport.Write("beat\n"u8));
        }

        {
            try { Console.WriteLine(await answer); } catch (IOException e) { Console.WriteLine(e.Message); }
        }

        {
            answerSource.SetResult("yes");
        }

        {
            cancellation.Cancel();
        }

        {
            var all = await Task.WhenAll(answer, answer);
        }

        {
            async Task<int> LengthAsync() => (await answer).Length;
        }

        {
            var at_once = Task.FromResult("yes");
        }

        {
            await semaphore.WaitAsync();
        }

        {
            await channel.Writer.WriteAsync(1);
        }

        {
            await using var server = new StreamServer(options, EchoAsync, logger);
        }

        {
            options = options with { MaxConnections = 1000, MaxPerAddress = 20 };
        }
    }
}
