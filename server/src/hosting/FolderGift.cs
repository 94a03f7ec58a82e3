using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Server;

/// <summary>
/// Changes the owner of a folder and all that is in it. Each folder is opened without following links, and its entries are named from there:
/// root does this where another user may write, and a link put in the way meanwhile must lead nowhere. A file with a second name is left alone:
/// the other one may be anywhere on the disk, and who may not own it there must not get it here. So is a link: an operator's stays the operator's.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class FolderGift : IDisposable
{
    private const int AtWorkingFolder = -100, AtEmptyPath = 0x1000, CloseOnExec = 0x80000, PathOnly = 0x200000; // fcntl(2) of Linux

    // Two of the few flags whose values differ between architectures.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    private readonly SystemUser _user;

    // A stack of its own: how deep a folder goes is for those to decide who fill it.
    private readonly Stack<(SafeFileHandle Folder, string Path, IEnumerator<string> Entries)> _open = [];

    private FolderGift(SystemUser user) => _user = user;

    /// <summary>Gives the folder and what is in it to <paramref name="user"/>; <paramref name="path"/> itself is the operator's word and may be a link.</summary>
    /// <exception cref="StartException">Something cannot be opened or changed.</exception>
    public static void Make(string path, SystemUser user)
    {
        using var gift = new FolderGift(user);
        if (!gift.TryEnter(AtWorkingFolder, path, path, Folder)) throw Failed(path);
        while (gift._open.TryPeek(out var here))
        {
            if (here.Entries.MoveNext()) gift.Give(here.Folder, here.Path, Path.GetFileName(here.Entries.Current));
            else gift.Leave();
        }
    }

    public void Dispose()
    {
        while (_open.Count > 0) Leave();
    }

    private void Give(SafeFileHandle folder, string path, string name)
    {
        var whole = Path.Combine(path, name);
        if (TryEnter((int)folder.DangerousGetHandle(), name, whole, Folder | NoFollow)) return;
        var descriptor = Open((int)folder.DangerousGetHandle(), name, PathOnly | NoFollow | CloseOnExec);
        if (descriptor < 0) throw Failed(whole);
        using var entry = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Privileges.StaysWhoseItIs(descriptor)) return;
        if (ChangeOwner(descriptor, "", _user.UserId, _user.GroupId, AtEmptyPath) != 0) throw Failed(whole);
    }

    private bool TryEnter(int folder, string name, string path, int flags)
    {
        var descriptor = Open(folder, name, flags | CloseOnExec);
        if (descriptor < 0) return false; // No folder. Where it is one all the same, its own change of owner says what is wrong.
        var entered = new SafeFileHandle(descriptor, ownsHandle: true);
        _open.Push((entered, path, Directory.EnumerateFileSystemEntries($"/proc/self/fd/{descriptor}").GetEnumerator()));
        return ChangeOwner(descriptor, "", _user.UserId, _user.GroupId, AtEmptyPath) == 0 ? true : throw Failed(path);
    }

    private void Leave()
    {
        var (folder, _, entries) = _open.Pop();
        entries.Dispose();
        folder.Dispose();
    }

    private static StartException Failed(string path) =>
        new(StartText.NotGiven(path, SystemReason.Of(Marshal.GetLastPInvokeError())));

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(int folder, string name, uint user, uint group, int flags);
}
