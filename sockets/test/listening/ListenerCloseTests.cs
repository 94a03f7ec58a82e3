using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>Sockets that others hold as well, or have held before.</summary>
public sealed class ListenerCloseTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task A_path_whose_owner_stands_still_with_a_full_backlog_is_in_use()
    {
        var address = (UnixDomainSocketEndPoint)Wire.NewAddress("unix");
        using var owner = NativeUnixSocket.TryBind(address, SocketType.Stream, backlog: 0, out _)!;
        var waiting = FillBacklog(address);
        var error = await Task.Run(() => Assert.Throws<ConnectionException>(() => SocketListener.Open(address, backlog: 8, dualStack: false)))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
        waiting.ForEach(socket => socket.Dispose());
        File.Delete(address.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task A_predecessor_that_stands_still_with_a_full_backlog_is_given_up()
    {
        var address = (UnixDomainSocketEndPoint)Wire.NewAddress("unix");
        using var owner = NativeUnixSocket.TryBind(address, SocketType.Stream, backlog: 0, out _)!;
        var waiting = FillBacklog(address);
        var error = await Task.Run(() => Assert.Throws<ConnectionException>(() => ListenerHandOver.TryTake(address.ToString(), TimeSpan.FromSeconds(0.2))))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Contains("does not answer in time", error.Message);
        waiting.ForEach(socket => socket.Dispose());
        File.Delete(address.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task An_offer_that_ends_leaves_the_one_that_has_taken_its_path()
    {
        var path = Wire.NewAddress("unix").ToString()!;
        var first = ListenerOffer.Open(path, new Dictionary<string, ISocketServer>());
        File.Delete(path);
        var second = ListenerOffer.Open(path, new Dictionary<string, ISocketServer>());
        Assert.Equal(Convert.ToInt32("600", 8), NativeFile.Mode(path) & Convert.ToInt32("777", 8));
        await first.DisposeAsync();
        Assert.True(File.Exists(path));
        await second.DisposeAsync();
        Assert.False(File.Exists(path));
    }

    [Fact(Timeout = Limit)]
    public async Task Closing_wakes_who_waits_to_accept_and_waits_for_nobody()
    {
        var listener = SocketListener.Open(Wire.NewAddress("tcp4"), backlog: 8, dualStack: false);
        var isWaiting = new TaskCompletionSource();
        var waiting = Task.Factory.StartNew(Wait, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await isWaiting.Task;
        await Task.Run(listener.Close, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await waiting;

        void Wait()
        {
            listener.SetWaiter(ThreadWaiter.Current);
            isWaiting.SetResult();
            while (!listener.IsDisposed) // an interrupted wait is one that goes on
                ThreadWaiter.Current.Poll([listener.Handle], PollEvents.Read, Timeout.InfiniteTimeSpan, new PollEvents[1]);
            ThreadWaiter.DisposeCurrent();
        }
    }

    private static List<Socket> FillBacklog(UnixDomainSocketEndPoint address)
    {
        var waiting = new List<Socket>();
        try
        {
            while (true)
            {
                waiting.Add(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false });
                waiting[^1].Connect(address);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            return waiting;
        }
    }
}
