"""The archive on a server of MongoDB's protocol, through PyMongo."""
