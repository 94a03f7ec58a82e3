using System.Net;
using Argosy.Files;
using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// One connection's conversation: request after request, each answered before the next begins. A refusal goes out at once and
/// the rest of the refused body is discarded; everything else waits in the output until the client has to be waited for. Small requests
/// that are here already are served in one visit to the disk.
/// </summary>
internal sealed class NativeSession : IAsyncDisposable
{
    private readonly NativeFrontEnd _frontEnd;
    private readonly Transport _transport;
    private readonly Stranger _stranger;
    private readonly DiskVisit _visit;
    private FileSession? _files;
    private Request? _met; // taken off the stream on a visit, and nothing for it
    private CancellationTokenSource? _wake;
    private CancellationTokenRegistration _hurry;
    private string? _leaving;
    private string _mechanism = "";

    public NativeSession(HandlerContext context, NativeFrontEnd frontEnd, Transport transport, Stranger stranger)
    {
        (Context, _frontEnd, _transport, _stranger) = (context, frontEnd, transport, stranger);
        _visit = new DiskVisit(context);
        Output = new Output(transport.Connection, _visit, frontEnd.Options);
        Requests = new RequestReader(transport.Connection, Output, frontEnd.Options, context.Stopping);
        Login = new Login(frontEnd.Files, _visit, Connection.RemoteEndPoint, transport.ChannelBinding);
    }

    public HandlerContext Context { get; }

    public IConnection Connection => _transport.Connection;

    public NativeOptions Options => _frontEnd.Options;

    public Output Output { get; }

    public RequestReader Requests { get; }

    public Login Login { get; }

    /// <summary>The account's name, or a dash before login.</summary>
    public string Account => _files?.Name ?? "-";

    /// <summary>True once somebody, or anonymous, has logged in.</summary>
    public bool IsOpen => _files is not null;

    /// <summary>What the account may do. Commands that need it run only where <see cref="IsOpen"/>.</summary>
    public FileSession Files => _files ?? throw new InvalidOperationException("No session is open.");

    /// <summary>Talks until one side leaves. Returns why.</summary>
    /// <exception cref="ConnectionException">The connection broke.</exception>
    public async ValueTask<string> RunAsync()
    {
        try
        {
            _transport.DemandTls();
            while (_leaving is null && await NextAsync() is { } request)
                await ServeNextAsync(request);
            await Output.FlushAsync();
        }
        catch (WireException e)
        {
            await EndAsync(e);
            return $"{e.Error.Name()}: {e.Message}";
        }

        if (_leaving is null)
            return "end of stream";
        await Connection.LingerAsync(Options.LingerTime);
        return _leaving;
    }

    /// <summary>Ends the conversation after what has been said so far.</summary>
    public void Leave(string reason) => _leaving = reason;

    /// <summary>Queues a reply.</summary>
    public void Send(Reply reply) => Requests.Encode(reply, Output);

    /// <summary>Sends what has gathered of a long body. A client that is gone gets no more of it.</summary>
    public async ValueTask SendBodyAsync()
    {
        await Output.FlushAsync();
        if (Output.IsBroken)
            throw new ConnectionException(ConnectionError.Reset, "the client left while it was sent something");
    }

    /// <summary>Runs a part that moves many bytes, on no visit to the disk: it makes its way there itself.</summary>
    public async ValueTask BulkAsync(Func<ValueTask> part)
    {
        await _visit.LeaveAsync();
        await Context.BulkAsync(part);
    }

    /// <summary>Queues the end of a chunked body.</summary>
    public void SendEnd(Trailer trailer) => Requests.EncodeEnd(trailer, Output);

    /// <summary>Does many things with files on one visit to the disk.</summary>
    public ValueTask VisitAsync(Func<ValueTask> work) => _visit.MakeAsync(static work => work(), work);

    /// <summary>Starts the session of whoever has logged in by <paramref name="mechanism"/>.</summary>
    public void Open(FileSession files, string mechanism)
    {
        _stranger.Forget();
        _files = files;
        _wake = CancellationTokenSource.CreateLinkedTokenSource(Context.Stopping, files.Ended);
        _hurry = files.Ended.UnsafeRegister(static output => ((Output)output!).Hurry(), Output);
        _mechanism = mechanism;
        bool mayIgnoreReplies = mechanism == ScramMechanism.Anonymous && Connection.IsPlain && !Requests.IsSealed;
        Requests.AllowSession(files.Ended, mayIgnoreReplies);
    }

    /// <summary>Starts an anonymous session.</summary>
    /// <exception cref="WireException">There are none here.</exception>
    public async ValueTask OpenAnonymousAsync(WireError otherwise)
    {
        if (Login.Anonymous == AnonymousAccess.None)
            throw new WireException(otherwise, SessionText.LoginFirst);
        Open(await Login.OpenAnonymousAsync(), ScramMechanism.Anonymous);
    }

    public async ValueTask DisposeAsync()
    {
        Requests.Dispose();
        Output.Dispose();
        _wake?.Dispose();
        await _hurry.DisposeAsync();
        if (Login.IsUnderWay)
            Log.LoginLeft(Context.Logger, Printable.Of(Login.Name), Connection.RemoteEndPoint);
        if (_files is not null)
            await _files.DisposeAsync();
    }

    private CancellationToken Wake => _wake?.Token ?? Context.Stopping;

    private async ValueTask ServeNextAsync(Request request)
    {
        if (IsForDisk(request) && Requests.Body.IsArriving)
            await GatherAsync(request);
        await (IsForVisit(request) ? _visit.MakeAsync(static work => work.session.ServeVisit(work.request), (session: this, request)) : ServeAsync(request));
    }

    private async ValueTask GatherAsync(Request request)
    {
        try
        {
            await Requests.Body.GatherAsync();
        }
        catch (OperationCanceledException)
        {
            throw Interruption(request.Id);
        }
    }

    /// <summary>True where answering it is a matter of the disk alone.</summary>
    private bool IsForDisk(Request request) => IsOpen && CommandTable.IsForDisk(request);

    /// <summary>True where all of it is here, too.</summary>
    private bool IsForVisit(Request request) => IsForDisk(request) && Requests.Body.IsHere;

    /// <summary>On a visit: serves one request after another, while they are for it. What is not complete then has left.</summary>
    private ValueTask ServeVisit(Request first)
    {
        for (Request? request = first; request is not null; request = NextOfVisit())
        {
            ValueTask serving = ServeAsync(request);
            if (!serving.IsCompletedSuccessfully)
                return serving;
        }

        return ValueTask.CompletedTask;
    }

    private Request? NextOfVisit()
    {
        if (_leaving is not null || Wake.IsCancellationRequested || Requests.TryNext() is not { } request)
            return null;
        if (IsForVisit(request))
            return request;
        _met = request;
        return null;
    }

    private async ValueTask<Request?> NextAsync()
    {
        bool overloaded = !IsOpen && (Context.IsOverloaded || !_stranger.IsAdmitted);
        CancellationToken wake = Wake;
        try
        {
            wake.ThrowIfCancellationRequested();
            if (_met is { } met)
            {
                _met = null;
                return met;
            }

            Deadline login = IsOpen ? Deadline.Never : _transport.LoginDeadline;
            Deadline idle = IsOpen ? Deadline.After(Options.IdleTime) : login;
            Request? request = await Requests.NextAsync(idle, login, wake);
            _stranger.Hear();
            return overloaded && request is not null ? throw Busy(request) : request;
        }
        catch (OperationCanceledException)
        {
            throw Interruption(null);
        }
    }

    private async ValueTask ServeAsync(Request request)
    {
        try
        {
            Command command = CommandTable.Find(request);
            if (command.Needs.HasFlag(Needs.Session) && !IsOpen)
                await OpenAnonymousAsync(WireError.LoginRequired);
            await RunAsync(command, request);
            await Output.SendWhenFullAsync();
        }
        catch (WireException e) when (!e.IsFatal)
        {
            await RefuseAsync(request, e.Error, e);
        }
        catch (FileException e)
        {
            await RefuseAsync(request, ErrorTable.Of(e.Error), e);
        }
        catch (OperationCanceledException)
        {
            throw Interruption(request.Id);
        }
    }

    private async ValueTask RunAsync(Command command, Request request)
    {
        if (command.Needs.HasFlag(Needs.Reader) && await Requests.Audience.HasLeftAsync())
            return;
        if (!command.Needs.HasFlag(Needs.Turn))
        {
            await command.RunAsync(this, request);
            return;
        }

        using IDisposable? turn = await _frontEnd.Work.TakeAsync(WorksAs, Requests.Audience.RequireAsync, Wake);
        Files.BetweenSlices = Requests.Audience.RequireAsync;
        try
        {
            await command.RunAsync(this, request);
        }
        finally
        {
            Files.BetweenSlices = null;
        }
    }

    /// <summary>Whose share of work it is: an account's, or for visitors, who share one, their address's.</summary>
    private string WorksAs => _mechanism == ScramMechanism.Anonymous ? $"{Account} {(Connection.RemoteEndPoint as IPEndPoint)?.Address}" : Account;

    private async ValueTask RefuseAsync(Request request, WireError error, Exception cause)
    {
        string message = cause.Message;
        _frontEnd.Refusals.Write(Context.Logger, request, IsOpen ? Account : Printable.Of(Login.Name), error, cause);
        if (error.IsFatal())
            throw new WireException(error, message, request.Id);
        Send(Errors.Reply(request.Id, error, message));
        if (!Requests.Body.IsUnderWay)
            return;
        await Output.FlushAsync();
        if (!await Requests.Body.DiscardAsync(IsOpen ? Deadline.Never : _transport.LoginDeadline))
            Leave("a refused body was too long to discard");
    }

    /// <summary>Says why, so that the client can read it even while it sends, and closes.</summary>
    private async ValueTask EndAsync(WireException error)
    {
        Log.Ended(Context.Logger, Connection.RemoteEndPoint, error.Error.Name(), error.Message);
        Send(Errors.Reply(error.Id, error.Error, error.Message));
        await Output.FlushAsync();
        await Connection.LingerAsync(Options.LingerTime);
    }

    private WireException Busy(Request request)
    {
        _frontEnd.Strangers.TellBusy(Context.Logger, Connection.RemoteEndPoint, Context.IsOverloaded);
        return new WireException(WireError.Busy, SessionText.Busy, request.Id);
    }

    private WireException Interruption(long? id) => _files is { Ended.IsCancellationRequested: true }
        ? new WireException(WireError.SessionEnded, SessionText.SessionEnded, id)
        : new WireException(WireError.Stopping, SessionText.Stopping, id);
}
