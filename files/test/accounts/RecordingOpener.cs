using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Files.Tests;

/// <summary>Keeps grants instead of opening homes: what a session is, is another suite's matter.</summary>
internal sealed class RecordingOpener : ISessionOpener
{
    public List<SessionGrant> Grants { get; } = [];

    public List<FileSession> Sessions { get; } = [];

    public Exception? Fails { get; set; }

    public int SettledAnew { get; private set; }

    public void SettleAnew() => SettledAnew++;

    public async ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload)
    {
        await Task.Yield();
        if (Fails is not null)
        {
            grant.Release();
            throw Fails;
        }

        Grants.Add(grant);
        var session = new FileSession(grant, null!, new HomeUsage(null!, grant.QuotaBytes, grant.QuotaFiles), null!, 0, offload, NullLogger.Instance, new());
        Sessions.Add(session);
        return session;
    }
}
