using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// One request and all that comes back for it. The session's writer calls <see cref="TryBegin"/>, <see cref="Describe"/> and
/// <see cref="SendBodyAsync"/>; its reader calls the rest. What they throw ends the session.
/// </summary>
internal abstract class Exchange
{
    /// <summary>Given by the session.</summary>
    public long Id { get; set; }

    /// <summary>What was sent for it; null before. Given by the session.</summary>
    public Request? Asked { get; set; }

    /// <summary>True while bytes of a file are on their way, so that after a silence nobody can tell what became of them.</summary>
    public virtual bool IsTransfer => false;

    /// <summary>True where the reply is followed by a body.</summary>
    public virtual bool ExpectsBody => false;

    /// <summary>False while the server cannot have all that it needs to say yes.</summary>
    public virtual bool MaySucceed => true;

    /// <summary>True where the server may ask for another step instead of saying yes.</summary>
    public virtual bool MayContinue => false;

    /// <summary>How long the server may be silent over this.</summary>
    public virtual TimeSpan Patience(TimeSpan silence) => silence;

    /// <summary>False when nobody wants it any more; then nothing is sent.</summary>
    public abstract bool TryBegin();

    public abstract Request Describe(long id);

    public virtual ValueTask SendBodyAsync(FrameOutput output) => ValueTask.CompletedTask;

    /// <summary>The reply that is no error.</summary>
    /// <exception cref="NotVerifiedException">It does not fit the request.</exception>
    public abstract void Accept(Reply reply);

    /// <summary>What a refusal means here; null where it means what it says.</summary>
    public virtual ClientException? Explain(Reply refusal) => refusal.ErrorName is "changed"
        ? new FileChangedException("The file changed on the server while it was read. Try again.")
        : null;

    public virtual ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece) => ValueTask.CompletedTask;

    /// <summary>True while so much of the body is still to come that a thread of its own should take it, by <see cref="Receive"/>.</summary>
    public virtual bool IsBulk => false;

    /// <summary>The same as <see cref="ReceiveAsync"/> on a thread that may block.</summary>
    public virtual void Receive(ReadOnlySpan<byte> piece)
    {
    }

    /// <summary>Everything has come.</summary>
    /// <param name="trailer">Where the body was chunked.</param>
    public abstract void Finish(Trailer? trailer);

    /// <summary>It has come to nothing: refused, or the session ended.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>The caller has lost interest.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <summary>An <see cref="Exchange"/> that somebody waits for.</summary>
internal abstract class Exchange<T> : Exchange
{
    // Continuations run elsewhere: the reader and the writer belong to everybody.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Outcome => _completion.Task;

    public override bool TryBegin() => !_completion.Task.IsCompleted;

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);

    protected void Succeed(T result) => _completion.TrySetResult(result);
}
