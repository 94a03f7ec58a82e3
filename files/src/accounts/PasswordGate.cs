namespace Argosy.Files;

/// <summary>Keeps password derivations to as many at a time as there are cores, and their queue short.</summary>
internal sealed class PasswordGate(int width, int depth)
{
    private readonly SemaphoreSlim _turns = new(width);
    private int _present;

    /// <summary>Verifies when it is its turn; null where too many wait already.</summary>
    internal async ValueTask<bool?> VerifyAsync(PasswordVerifier verifier, string password, IOffload offload)
    {
        try
        {
            if (Interlocked.Increment(ref _present) > width + depth) return null;

            await _turns.WaitAsync();
            try
            {
                return await offload.RunAsync(static each => each.verifier.Verify(each.password), (verifier, password));
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _present);
        }
    }
}
