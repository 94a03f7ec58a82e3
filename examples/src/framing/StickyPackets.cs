using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Examples;

/// <summary>
/// Why "one send is one receive" is wrong, by both causes. The sender's: the system keeps a stream, so what two sends wrote lies side by side, and
/// one receive takes both. The receiver's: a receive takes what fits its buffer, and the rest sticks to the message behind it.
/// </summary>
internal static class StickyPackets
{
    private static readonly string[] Messages = ["first", "second"];

    public static Task Main(string[] args)
    {
        Show("sender", "a receive that comes late", bufferSize: 1024);
        Show("receiver", "receives with a buffer of 4", bufferSize: 4);
        return Task.CompletedTask;
    }

    private static void Show(string cause, string how, int bufferSize)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        using var receiver = listener.Accept();

        foreach (var message in Messages) sender.Send(Encoding.UTF8.GetBytes(message));
        sender.Shutdown(SocketShutdown.Send);
        SpinWait.SpinUntil(() => receiver.Available == Messages.Sum(message => message.Length)); // busy elsewhere until all has come

        var (buffer, received) = (new byte[bufferSize], new List<string>());
        while (receiver.Receive(buffer) is > 0 and var count) received.Add(Encoding.UTF8.GetString(buffer, 0, count));
        Console.WriteLine($"{cause}: sent {Quoted(Messages)}; {how}: {Quoted(received)}");
    }

    private static string Quoted(IEnumerable<string> texts) => string.Join(" ", texts.Select(text => $"'{text}'"));
}
