"""What every vendor runs on: the life of a request, worlds, compiled contracts, and bodies read and written.

The vendors stand on this room and the server stands on the vendors; nothing here knows either of them.
"""
