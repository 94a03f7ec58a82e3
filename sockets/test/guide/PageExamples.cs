#pragma warning disable CS0169, CS0414, CS0649, IDE0044, IDE0051, IDE0052 // what the examples talk about
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>What the examples take for granted.</summary>
internal sealed partial class PageExamples
{
    private readonly Lock gate = new();
    private readonly object session = new();
    private readonly object monitor = new();
    private readonly SemaphoreSlim semaphore = new(3);
    private readonly CancellationTokenSource cancellation = new();
    private readonly TaskCompletionSource<string> answerSource = new();
    private readonly Channel<int> channel = Channel.CreateBounded<int>(10);
    private readonly int[] numbers = [1, 2, 3];
    private readonly byte[] buffer = new byte[4096];
    private readonly byte[] header = [];
    private readonly byte[] body = [];
    private readonly byte[] secret = new byte[32];
    private readonly string path = "/";
    private readonly Deadline deadline = Deadline.Never;
    private readonly nint descriptor = -1;
    private int counter;
    private StreamServerOptions options = null!;
    private DatagramServerOptions datagramOptions = null!;
    private StreamServer server = null!;
    private IConnection connection = null!;
    private IConnection other = null!;
    private HandlerContext context = null!;
    private DatagramContext datagram = null!;
    private EndPoint address = null!;
    private Socket socket = null!;
    private SafeHandle source = null!;
    private SafeFileHandle file = null!;
    private Selector selector = null!;
    private SelectorKey key = null!;
    private Protocol protocol = null!;
    private Transport transport = null!;
    private Transport otherTransport = null!;
    private IProducer producer = null!;
    private ProtocolClient client = null!;
    private ProtocolFactory factory = null!;
    private ReconnectingClient kept = null!;
    private DelayedCall call = null!;
    private FramedConnection frames = null!;
    private Thread thread = null!;
    private Timer timer = null!;
    private Barrier barrier = null!;
    private Process process = null!;
    private Task<string> answer = null!;
    private ILogger logger = null!;
    private SslServerAuthenticationOptions tls = null!;
    private SslClientAuthenticationOptions clientTls = null!;

    private static bool IsWelcome(EndPoint? peer) => peer is not null;

    private static void DropPrivileges()
    {
    }

    private static void Serve(object? session, SelectorEvents events)
    {
    }

    private static void Work()
    {
    }

    private static ValueTask EchoAsync(HandlerContext context) => Handlers.EchoAsync(context, context.Connection);

    private static ValueTask AnswerAsync(DatagramContext context)
    {
        context.Reply(context.Payload.Span);
        return ValueTask.CompletedTask;
    }

    private static async IAsyncEnumerable<int> CountAsync()
    {
        await Task.Yield();
        yield return 1;
    }

    private sealed record Greeting(string Text);

    private sealed class EchoHandler(Greeting? greeting = null) : ConnectionHandler
    {
        public override async ValueTask HandleAsync()
        {
            if (greeting is not null) await Connection.WriteAsync(greeting.Text);
            await Handlers.EchoAsync(Context, Connection);
        }
    }

    private sealed class EchoProtocol : ProtocolOf
    {
        protected internal override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data);
    }

    private sealed class SessionLog
    {
        public ValueTask CloseAsync() => ValueTask.CompletedTask;
    }

    private class HandlerOf : ConnectionHandler
    {
        protected readonly SessionLog _log = new();

        public override ValueTask HandleAsync() => ValueTask.CompletedTask;
    }

    private class TextOf : StreamHandler
    {
        public override ValueTask HandleAsync() => ValueTask.CompletedTask;
    }

    private class DatagramOf : DatagramHandler
    {
        public override ValueTask HandleAsync() => ValueTask.CompletedTask;
    }

    private class ProtocolOf : Protocol
    {
        protected internal override void DataReceived(ReadOnlySpan<byte> data)
        {
        }
    }

    private class LinesOf : LineReceiver
    {
        protected override void LineReceived(string line)
        {
        }

        protected static int Take(ReadOnlySpan<byte> data) => data.Length;

        protected static void Upgrade(byte[] rest)
        {
        }
    }

    private class MessagesOf(Framing framing) : MessageReceiver(framing)
    {
        protected override void MessageReceived(ReadOnlySpan<byte> message) => SendMessage(message);
    }

    private class FactoryOf() : ProtocolFactory(static () => new EchoProtocol());
}
