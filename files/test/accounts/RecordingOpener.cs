using System.Runtime.CompilerServices;

namespace Argosy.Files.Tests;

/// <summary>Keeps grants instead of opening homes: what a session is, is another suite's matter.</summary>
internal sealed class RecordingOpener : ISessionOpener
{
    public List<SessionGrant> Grants { get; } = [];

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
        return (FileSession)RuntimeHelpers.GetUninitializedObject(typeof(FileSession));
    }
}
